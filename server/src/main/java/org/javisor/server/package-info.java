/** The API server of a host. */
@org.jspecify.annotations.NullMarked
package org.javisor.server;
