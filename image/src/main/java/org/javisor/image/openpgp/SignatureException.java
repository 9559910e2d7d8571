package org.javisor.image.openpgp;

import java.io.IOException;
import java.io.Serial;

/** A text is not signed by anyone we trust; the message says why, without naming the text. */
public final class SignatureException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  SignatureException(String message) {
    super(message);
  }
}
