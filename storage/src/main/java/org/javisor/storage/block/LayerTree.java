package org.javisor.storage.block;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which layers a {@link LayeredDisk} consists of and how they lie upon each other: a tree, because
 * one may go back to a snapshot and on from there.
 *
 * @param base identity of the image below the lowest layers; empty if there is none
 * @param layers what lies below each layer
 * @param snapshots by name
 * @param active the layer that is written; nothing lies upon it
 */
record LayerTree(
    String base, Map<LayerId, LayerParent> layers, Map<String, Mark> snapshots, LayerId active) {

  /** A snapshot: the disk as this layer shows it. */
  record Mark(LayerId layer, Instant created) {}

  LayerTree {
    layers = Collections.unmodifiableMap(new LinkedHashMap<>(layers));
    snapshots = Collections.unmodifiableMap(new LinkedHashMap<>(snapshots));
  }

  LayerParent parent(LayerId layer) {
    LayerParent parent = layers.get(layer);
    if (parent == null) {
      throw new IllegalArgumentException("no layer " + layer);
    }
    return parent;
  }

  /** The layers that a disk reads through, from {@code top} down. */
  List<LayerId> path(LayerId top) {
    List<LayerId> path = new ArrayList<>();
    LayerParent at = new LayerParent.Layer(top);
    while (at instanceof LayerParent.Layer(LayerId id)) {
      path.add(id);
      at = parent(id);
    }
    return path;
  }

  List<LayerId> children(LayerId layer) {
    LayerParent sought = new LayerParent.Layer(layer);
    return layers.entrySet().stream()
        .filter(entry -> entry.getValue().equals(sought))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Whether anybody reads the base. */
  boolean needsBase() {
    return layers.containsValue(LayerParent.BASE);
  }

  /** With a new layer over {@code parent}, which from now on is written. */
  LayerTree withActive(LayerId layer, LayerParent parent) {
    Map<LayerId, LayerParent> more = new LinkedHashMap<>(layers);
    more.put(layer, parent);
    return new LayerTree(base, more, snapshots, layer);
  }

  LayerTree withSnapshot(String name, Mark mark) {
    Map<String, Mark> more = new LinkedHashMap<>(snapshots);
    more.put(name, mark);
    return new LayerTree(base, layers, more, active);
  }

  LayerTree withoutSnapshot(String name) {
    Map<String, Mark> fewer = new LinkedHashMap<>(snapshots);
    fewer.remove(name);
    return new LayerTree(base, layers, fewer, active);
  }

  LayerTree withParent(LayerId layer, LayerParent parent) {
    Map<LayerId, LayerParent> changed = new LinkedHashMap<>(layers);
    changed.put(layer, parent);
    return new LayerTree(base, changed, snapshots, active);
  }

  /** With {@code merged} in place of a layer and of the one below it. */
  LayerTree withMerged(LayerId upper, LayerId lower, LayerId merged) {
    Map<LayerId, LayerParent> changed = new LinkedHashMap<>();
    layers.forEach(
        (id, parent) -> {
          if (id.equals(upper)) {
            changed.put(merged, parent(lower));
          } else if (!id.equals(lower)) {
            changed.put(
                id,
                parent.equals(new LayerParent.Layer(upper))
                    ? new LayerParent.Layer(merged)
                    : parent);
          }
        });
    Map<String, Mark> moved = new LinkedHashMap<>();
    snapshots.forEach(
        (name, mark) ->
            moved.put(name, mark.layer().equals(upper) ? new Mark(merged, mark.created()) : mark));
    return new LayerTree(base, changed, moved, active.equals(upper) ? merged : active);
  }

  /** Without the layers that neither the disk nor a snapshot reads. */
  LayerTree pruned() {
    Set<LayerId> needed = new HashSet<>(path(active));
    snapshots.values().forEach(mark -> needed.addAll(path(mark.layer())));
    Map<LayerId, LayerParent> left = new LinkedHashMap<>(layers);
    left.keySet().retainAll(needed);
    return new LayerTree(base, left, snapshots, active);
  }

  /**
   * A layer that is no snapshot and has one layer upon it, with which it can be merged. The one
   * below the active layer comes first: it can be merged in place.
   */
  Optional<LayerId> mergeable() {
    Set<LayerId> named = new HashSet<>();
    snapshots.values().forEach(mark -> named.add(mark.layer()));
    List<LayerId> candidates = new ArrayList<>();
    for (LayerId id : layers.keySet()) {
      List<LayerId> upon = named.contains(id) ? List.of() : children(id);
      if (upon.size() == 1) {
        candidates.add(upon.contains(active) ? 0 : candidates.size(), id);
      }
    }
    return candidates.stream().findFirst();
  }
}
