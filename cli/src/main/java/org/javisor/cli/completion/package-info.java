/** Completion of the command line by the shell. */
@org.jspecify.annotations.NullMarked
package org.javisor.cli.completion;
