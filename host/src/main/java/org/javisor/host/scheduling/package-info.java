/** Who gets the host's processors when machines want more of them than there are. */
@org.jspecify.annotations.NullMarked
package org.javisor.host.scheduling;
