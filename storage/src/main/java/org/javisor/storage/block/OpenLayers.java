package org.javisor.storage.block;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The layers of a disk that are open, each once, and the image below them. */
final class OpenLayers implements Closeable {

  private final LayerFolder folder;
  private final BaseImages images;
  private final Map<LayerId, Overlay> open = new HashMap<>();
  private @Nullable BlockDevice base;

  OpenLayers(LayerFolder folder, BaseImages images) {
    this.folder = folder;
    this.images = images;
  }

  /** Where the image comes from. */
  BaseImages images() {
    return images;
  }

  /** A layer of the tree over what lies below it. */
  Overlay get(LayerTree tree, LayerId id) throws IOException {
    Overlay there = open.get(id);
    if (there != null) {
      return there;
    }
    BlockDevice below = below(tree, tree.parent(id));
    boolean frozen = !id.equals(tree.active());
    HostFile file = folder.open(id, !frozen);
    try {
      Overlay layer =
          Overlay.openLayer(file, below, id, tree.base(), folder.file(id).toString(), frozen);
      open.put(id, layer);
      return layer;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** What a layer with this parent lies upon. */
  BlockDevice below(LayerTree tree, LayerParent parent) throws IOException {
    return switch (parent) {
      case LayerParent.Layer(LayerId id) -> get(tree, id);
      case LayerParent.Base() -> base(tree.base());
      case LayerParent.Nothing() -> NoDisk.INSTANCE;
    };
  }

  private BlockDevice base(String identity) throws IOException {
    BlockDevice opened = base;
    if (opened == null) {
      opened = images.open(identity);
      base = opened;
    }
    return opened;
  }

  /** Makes a layer's file; it belongs to no tree yet. */
  Overlay create(LayerId id, BlockDevice below, long size) throws IOException {
    HostFile file = folder.create(id);
    try {
      Overlay layer = Overlay.createLayer(file, below, id, size);
      open.put(id, layer);
      return layer;
    } catch (IOException | RuntimeException e) {
      file.close();
      folder.remove(id);
      throw e;
    }
  }

  /** Undoes {@link #create}. */
  void abandon(LayerId id) throws IOException {
    Overlay layer = open.remove(id);
    if (layer != null) {
      layer.closeWithoutFlush();
    }
    folder.remove(id);
  }

  /** Has every open layer stand on what the tree says. No request must be running. */
  void rebase(LayerTree tree) throws IOException {
    for (Map.Entry<LayerId, Overlay> layer : List.copyOf(open.entrySet())) {
      if (tree.layers().containsKey(layer.getKey())) {
        layer.getValue().rebase(below(tree, tree.parent(layer.getKey())));
      }
    }
  }

  /** Closes and removes all layers that are not in the tree, and the image if nobody needs it. */
  void dropOthers(LayerTree tree, Set<LayerId> earlier) throws IOException {
    for (LayerId id : List.copyOf(open.keySet())) {
      if (!tree.layers().containsKey(id)) {
        Overlay layer = open.remove(id);
        if (layer != null) {
          layer.closeWithoutFlush();
        }
      }
    }
    BlockDevice image = base;
    if (image != null && !tree.needsBase()) {
      base = null;
      image.close();
    }
    for (LayerId id : earlier) {
      if (!tree.layers().containsKey(id)) {
        folder.remove(id);
      }
    }
  }

  /** Flushes and closes everything. */
  @Override
  public void close() throws IOException {
    List<BlockDevice> all = new ArrayList<>(open.values());
    open.clear();
    BlockDevice image = base;
    if (image != null) {
      all.add(image);
      base = null;
    }
    IOException failure = null;
    for (BlockDevice device : all) {
      try {
        device.close();
      } catch (IOException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
