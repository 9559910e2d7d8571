/** Other hosts that this one has joined: who they are, and the connections to them. */
@org.jspecify.annotations.NullMarked
package org.javisor.server.peer;
