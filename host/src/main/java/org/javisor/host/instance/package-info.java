/**
 * Instances: machines that are kept over restarts of the host process, with what they are to be
 * (configuration), how they are (status) and what is done to them (life cycle).
 */
@org.jspecify.annotations.NullMarked
package org.javisor.host.instance;
