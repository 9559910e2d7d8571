/** Routes of images. */
@org.jspecify.annotations.NullMarked
package org.javisor.server.image;
