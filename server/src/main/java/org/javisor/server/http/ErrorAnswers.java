package org.javisor.server.http;

import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Says in the form of the API what is wrong with requests that are no HTTP we take. */
public final class ErrorAnswers implements Request.Handler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Object message = request.getAttribute(ErrorHandler.ERROR_MESSAGE);
    ApiHandler.error(
        response,
        callback,
        response.getStatus(),
        "the request cannot be read: " + (message == null ? "it is not HTTP" : message));
    return true;
  }
}
