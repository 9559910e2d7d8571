/** Routes of the host itself: what it is, whom it trusts, what it does. */
@org.jspecify.annotations.NullMarked
package org.javisor.server.host;
