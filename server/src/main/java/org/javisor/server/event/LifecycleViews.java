package org.javisor.server.event;

import java.util.LinkedHashMap;
import java.util.Map;
import org.javisor.host.instance.LifecycleEvent;

/** What happens to instances, as the API says it. */
public final class LifecycleViews {
  private LifecycleViews() {}

  /** The metadata of an event. */
  public static Map<String, Object> of(LifecycleEvent event) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("action", event.action());
    view.put("source", "/1.0/instances/" + event.instance());
    view.put("name", event.instance());
    view.put("project", "default");
    view.put("context", event.reason().isEmpty() ? Map.of() : Map.of("reason", event.reason()));
    return view;
  }
}
