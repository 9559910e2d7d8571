/** The records of the Incus REST API, as they are written in JSON. */
@org.jspecify.annotations.NullMarked
package org.javisor.server.api;
