/** How each image is made from packages. */
@org.jspecify.annotations.NullMarked
package org.javisor.image.build;
