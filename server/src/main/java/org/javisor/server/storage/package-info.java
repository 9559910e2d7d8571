/** Routes of the storage pool. */
@org.jspecify.annotations.NullMarked
package org.javisor.server.storage;
