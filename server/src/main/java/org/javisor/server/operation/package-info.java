/** Background work that a client can watch, wait for and cancel. */
@org.jspecify.annotations.NullMarked
package org.javisor.server.operation;
