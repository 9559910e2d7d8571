/**
 * A machine in a file: what the source of a move says to a target that agrees to everything, zstd
 * (RFC 8878) after one line that names the form. It has all files that the machine stands on, so
 * that it needs no other host, and ends with the word that the machine is the reader's: a file
 * without its end is none.
 */
@NullMarked
package org.javisor.migration.file;

import org.jspecify.annotations.NullMarked;
