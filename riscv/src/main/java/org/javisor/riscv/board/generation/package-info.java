/** The device that tells the guest that it has been copied or taken back in time. */
@NullMarked
package org.javisor.riscv.board.generation;

import org.jspecify.annotations.NullMarked;
