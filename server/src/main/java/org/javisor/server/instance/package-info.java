/** Routes of instances. */
@org.jspecify.annotations.NullMarked
package org.javisor.server.instance;
