/** Networks of machines, as the host uses them. */
@NullMarked
package org.javisor.network;

import org.jspecify.annotations.NullMarked;
