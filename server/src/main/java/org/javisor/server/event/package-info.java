/** What happens on the host, sent to whoever listens. */
@org.jspecify.annotations.NullMarked
package org.javisor.server.event;
