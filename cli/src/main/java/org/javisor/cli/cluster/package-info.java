/** Cluster files: machines and their network, described once and deployed as often as wanted. */
@org.jspecify.annotations.NullMarked
package org.javisor.cli.cluster;
