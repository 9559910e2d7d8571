package org.javisor.machine;

import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Between state records and their self-describing form. */
final class StateRecords {
  private StateRecords() {}

  static SavedRecord toRecord(SavedState state) {
    Class<?> type = state.getClass();
    Map<String, Object> values = new LinkedHashMap<>();
    for (RecordComponent component : components(type)) {
      try {
        values.put(component.getName(), toValue(component.getAccessor().invoke(state)));
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new SavedStateException(type.getName() + "." + component.getName(), e);
      }
    }
    return new SavedRecord(type.getSimpleName(), version(type), values);
  }

  private static Object toValue(@Nullable Object value) {
    return switch (value) {
      case null -> throw new SavedStateException("a component of a state record is null");
      case SavedState nested -> toRecord(nested);
      case Enum<?> constant -> constant.name();
      case List<?> list -> list.stream().map(StateRecords::toValue).toList();
      default -> value;
    };
  }

  static <S extends SavedState> S fromRecord(SavedRecord saved, Class<S> type) {
    if (!saved.name().equals(type.getSimpleName())) {
      throw new SavedStateException(
          "saved state is " + saved.name() + ", not " + type.getSimpleName());
    }
    if (saved.version() != version(type)) {
      throw new SavedStateException(
          "%s: saved state has version %d; this version of Javisor reads version %d"
              .formatted(saved.name(), saved.version(), version(type)));
    }
    RecordComponent[] components = components(type);
    List<String> names = Arrays.stream(components).map(RecordComponent::getName).toList();
    if (!List.copyOf(saved.values().keySet()).equals(names)) {
      throw new SavedStateException(
          "%s: saved components are %s, expected %s"
              .formatted(saved.name(), saved.values().keySet(), names));
    }
    Class<?>[] types = new Class<?>[components.length];
    @Nullable Object[] arguments = new @Nullable Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      arguments[i] =
          fromValue(
              saved.values().get(names.get(i)),
              components[i].getGenericType(),
              saved.name() + "." + names.get(i));
    }
    try {
      return type.getDeclaredConstructor(types).newInstance(arguments);
    } catch (InvocationTargetException e) {
      throw new SavedStateException(saved.name() + ": " + e.getCause(), e);
    } catch (ReflectiveOperationException e) {
      throw new SavedStateException(saved.name() + " cannot be built", e);
    }
  }

  private static Object fromValue(@Nullable Object value, Type type, String where) {
    if (type instanceof Class<?> plain) {
      if (value instanceof SavedRecord nested && SavedState.class.isAssignableFrom(plain)) {
        return fromRecord(nested, plain.asSubclass(SavedState.class));
      }
      if (value instanceof String name && plain.isEnum()) {
        for (Object constant : plain.getEnumConstants()) {
          if (((Enum<?>) constant).name().equals(name)) {
            return constant;
          }
        }
        throw new SavedStateException(where + ": no constant " + name);
      }
      if (value != null && boxed(plain).isInstance(value)) {
        return value;
      }
    } else if (type instanceof ParameterizedType list
        && list.getRawType() == List.class
        && value instanceof List<?> values) {
      Type element = list.getActualTypeArguments()[0];
      List<Object> result = new ArrayList<>(values.size());
      for (Object each : values) {
        result.add(fromValue(each, element, where));
      }
      return List.copyOf(result);
    }
    throw new SavedStateException(where + ": saved value is not of type " + type.getTypeName());
  }

  private static Class<?> boxed(Class<?> type) {
    return type.isPrimitive() ? MethodType.methodType(type).wrap().returnType() : type;
  }

  private static RecordComponent[] components(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    if (components == null) {
      throw new SavedStateException(type.getName() + " is not a record");
    }
    return components;
  }

  private static int version(Class<?> type) {
    StateVersion version = type.getAnnotation(StateVersion.class);
    if (version == null) {
      throw new SavedStateException(type.getName() + " has no @StateVersion");
    }
    return version.value();
  }
}
