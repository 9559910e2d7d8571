/** Which machines may be on at the same time on this host, and who may change that. */
@org.jspecify.annotations.NullMarked
package org.javisor.host.admission;
