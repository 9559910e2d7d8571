package org.javisor.migration.protocol;

/** What comes over a {@link Link}. */
public sealed interface Frame permits Message, Content {}
