/** The images on this host: their files by digest, their manifests by name. */
@org.jspecify.annotations.NullMarked
package org.javisor.image.catalog;
