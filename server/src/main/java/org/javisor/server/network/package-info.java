/** Routes of networks and of what else a client lists. */
@org.jspecify.annotations.NullMarked
package org.javisor.server.network;
