package org.javisor.storage.block;

/** What lies next below a layer. */
sealed interface LayerParent {

  /** Another layer. */
  record Layer(LayerId id) implements LayerParent {}

  /** The image that the disk was made from. */
  record Base() implements LayerParent {}

  /** Nothing: what the layer does not have is zero. */
  record Nothing() implements LayerParent {}

  LayerParent BASE = new Base();
  LayerParent NOTHING = new Nothing();
}
