/** The client's end of a host's API. */
@org.jspecify.annotations.NullMarked
package org.javisor.cli.client;
