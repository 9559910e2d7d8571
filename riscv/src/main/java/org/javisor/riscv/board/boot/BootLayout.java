package org.javisor.riscv.board.boot;

/**
 * Where kernel, initial RAM disk and device tree go (Linux, Documentation/arch/riscv/boot): one
 * after the other from the start of memory, so that whatever memory is left is in one piece.
 *
 * @param kernel physical address of the kernel's first byte, which is its entry
 * @param initialRamDisk physical address of the initial RAM disk; equal to its end if there is none
 * @param initialRamDiskEnd the address after its last byte
 * @param deviceTree physical address of the device tree
 * @param end the address after its last byte
 */
public record BootLayout(
    long kernel, long initialRamDisk, long initialRamDiskEnd, long deviceTree, long end) {
  /** Kernels are placed relative to such a boundary. */
  private static final long KERNEL_ALIGNMENT = 2L << 20;

  private static final long PAGE = 4096;

  /** Linux maps this much of the device tree at first. */
  private static final long DEVICE_TREE_LIMIT = 2L << 20;

  /**
   * Lays out memory.
   *
   * @param base first address of memory, on a 2 MiB boundary
   * @param memoryBytes bytes of memory
   * @param initialRamDiskBytes 0 if there is none
   * @throws KernelImageException if it does not all fit
   */
  public static BootLayout of(
      long base,
      long memoryBytes,
      KernelImage kernel,
      long initialRamDiskBytes,
      long deviceTreeBytes) {
    if (deviceTreeBytes > DEVICE_TREE_LIMIT) {
      throw new KernelImageException(
          "the device tree has " + deviceTreeBytes + " bytes; 2 MiB is the most");
    }
    long kernelAddress = alignUp(base, KERNEL_ALIGNMENT) + kernel.textOffset();
    long initialRamDisk = alignUp(kernelAddress + kernel.memorySize(), KERNEL_ALIGNMENT);
    long initialRamDiskEnd = initialRamDisk + initialRamDiskBytes;
    long deviceTree = alignUp(initialRamDiskEnd, PAGE);
    long end = deviceTree + deviceTreeBytes;
    // The sizes are bounded by files and 1 GiB; a sum that overflows is negative and does not fit.
    if (end < base || end - base > memoryBytes) {
      throw new KernelImageException(
          "%d MiB of memory are too little: the kernel needs %s, its initial RAM disk %s, all with "
                  .formatted(
                      memoryBytes >> 20,
                      mebibytes(kernel.memorySize()),
                      mebibytes(initialRamDiskBytes))
              + "the gaps between them %s, and the system more".formatted(mebibytes(end - base)));
    }
    return new BootLayout(kernelAddress, initialRamDisk, initialRamDiskEnd, deviceTree, end);
  }

  private static long alignUp(long address, long alignment) {
    return (address + alignment - 1) & -alignment;
  }

  private static String mebibytes(long bytes) {
    return "%.1f MiB".formatted(bytes / (double) (1 << 20));
  }
}
