package org.javisor.machine;

import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
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

  /**
   * What is known of a record's class. Looked up once: to ask reflection each time took nine tenths
   * of the time in which a machine's state was written.
   */
  private record Form(
      String name,
      int version,
      List<String> names,
      List<Method> accessors,
      List<Type> types,
      Constructor<?> constructor) {}

  private static final ClassValue<Form> FORMS =
      new ClassValue<>() {
        @Override
        protected Form computeValue(Class<?> type) {
          RecordComponent[] components = components(type);
          Class<?>[] parameters =
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
          try {
            return new Form(
                type.getSimpleName(),
                version(type),
                Arrays.stream(components).map(RecordComponent::getName).toList(),
                Arrays.stream(components).map(RecordComponent::getAccessor).toList(),
                Arrays.stream(components).map(RecordComponent::getGenericType).toList(),
                type.getDeclaredConstructor(parameters));
          } catch (NoSuchMethodException e) {
            throw new SavedStateException(type.getName() + " cannot be built", e);
          }
        }
      };

  static SavedRecord toRecord(SavedState state) {
    Form form = FORMS.get(state.getClass());
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < form.names().size(); i++) {
      try {
        values.put(form.names().get(i), toValue(form.accessors().get(i).invoke(state)));
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new SavedStateException(state.getClass().getName() + "." + form.names().get(i), e);
      }
    }
    return new SavedRecord(form.name(), form.version(), values);
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
    Form form = FORMS.get(type);
    if (!saved.name().equals(form.name())) {
      throw new SavedStateException("saved state is " + saved.name() + ", not " + form.name());
    }
    if (saved.version() != form.version()) {
      throw new SavedStateException(
          "%s: saved state has version %d; this version of Javisor reads version %d"
              .formatted(saved.name(), saved.version(), form.version()));
    }
    if (!List.copyOf(saved.values().keySet()).equals(form.names())) {
      throw new SavedStateException(
          "%s: saved components are %s, expected %s"
              .formatted(saved.name(), saved.values().keySet(), form.names()));
    }
    @Nullable Object[] arguments = new @Nullable Object[form.names().size()];
    for (int i = 0; i < arguments.length; i++) {
      String name = form.names().get(i);
      arguments[i] =
          fromValue(saved.values().get(name), form.types().get(i), saved.name() + "." + name);
    }
    try {
      return type.cast(form.constructor().newInstance(arguments));
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
