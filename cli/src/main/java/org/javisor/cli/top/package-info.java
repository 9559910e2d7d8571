/** What instances take just now, as a table that is drawn again and again. */
@org.jspecify.annotations.NullMarked
package org.javisor.cli.top;
