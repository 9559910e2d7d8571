package org.javisor.host;

import java.util.Optional;
import org.javisor.riscv.translator.TranslatorMetrics;

/**
 * What executing a machine has taken so far.
 *
 * @param instructions retired by all harts
 * @param tlbMisses page walks for loads and stores
 * @param translator empty if the machine is interpreted
 */
public record InstanceMetrics(
    long instructions, long tlbMisses, Optional<TranslatorMetrics> translator) {}
