@org.jspecify.annotations.NullMarked
package org.javisor.bench;
