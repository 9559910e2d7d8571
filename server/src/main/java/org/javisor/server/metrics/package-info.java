/** Figures for Prometheus. */
@org.jspecify.annotations.NullMarked
package org.javisor.server.metrics;
