/** Who may use the API over the network: certificates and join tokens. */
@org.jspecify.annotations.NullMarked
package org.javisor.server.trust;
