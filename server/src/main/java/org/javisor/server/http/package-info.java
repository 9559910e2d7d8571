/** HTTP: routes, calls, answers, WebSockets. */
@org.jspecify.annotations.NullMarked
package org.javisor.server.http;
