/** How memory, disks and files get into frames and out of them again. */
@org.jspecify.annotations.NullMarked
package org.javisor.migration.transfer;
