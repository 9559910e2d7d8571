/** The networks of a host: what is kept of them, and which instances are plugged into them. */
@org.jspecify.annotations.NullMarked
package org.javisor.host.network;
