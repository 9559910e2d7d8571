package org.javisor.host;

/**
 * The size of a terminal in characters.
 *
 * @param rows 1 to 65535
 * @param columns 1 to 65535
 */
public record TerminalSize(int rows, int columns) {}
