# Turns requests of the QEMU guest agent protocol into shell commands: variables named after the
# arguments, and a call of "serve COMMAND ID" with the words of "arg". What is wrong with a request is
# answered by a call of "refuse ID CLASS DESCRIPTION".

BEGIN {
  print ". /lib/javisor/agent-commands.sh"
  fflush()
  for (i = 1; i < 256; i++) {
    char[i] = sprintf("%c", i)
  }
  count = split("path arg env input-data capture-output pid id mode handle count buf-b64 offset " \
    "whence time", names, " ")
  for (i = 1; i <= count; i++) {
    gsub(/-/, "_", names[i])
    known[names[i]] = 1
    forget = forget names[i] "= "
  }
}

{
  # A delimiter ends whatever came before it.
  rest = $0
  while ((at = index(rest, "\377")) > 0) {
    rest = substr(rest, at + 1)
  }
  space()
  if (rest != "") {
    request()
  }
  fflush()
}

function request() {
  wrong = ""
  command = ""
  commandText = 0
  identity = ""
  words = ""
  variables = forget
  environment = ""
  depth = 0
  value("")
  space()
  if (wrong == "" && rest != "") {
    wrong = "Invalid JSON syntax"
  }
  if (wrong == "" && !commandText) {
    wrong = "QMP input lacks member 'execute'"
  }
  if (wrong != "") {
    print "refuse " quoted(identity) " GenericError " quoted(wrong)
    return
  }
  print variables "env=" quoted(environment) "\nserve " quoted(command) " " quoted(identity) words
}

function space() {
  while (rest != "" && index(" \t\r", substr(rest, 1, 1)) > 0) {
    rest = substr(rest, 2)
  }
}

# Takes a character off the front of the rest, if it is that one.
function take(character) {
  if (substr(rest, 1, 1) != character) {
    return 0
  }
  rest = substr(rest, 2)
  return 1
}

# Takes a value off the front of the rest; where says what it is in the request.
function value(where,  first, key, from, text) {
  if (wrong != "") {
    return
  }
  space()
  from = rest
  first = substr(rest, 1, 1)
  depth++
  if (depth > 32) {
    wrong = "JSON is nested too deeply"
  } else if (first == "{") {
    rest = substr(rest, 2)
    space()
    if (take("}")) {
      depth--
      remember(where, from, "object")
      return
    }
    while (wrong == "") {
      key = string()
      space()
      if (wrong == "" && !take(":")) {
        wrong = "Invalid JSON syntax"
      }
      value(where == "" ? "/" key : where "/" key)
      space()
      if (wrong == "" && take("}")) {
        break
      }
      if (wrong == "" && !take(",")) {
        wrong = "Invalid JSON syntax"
      }
      space()
    }
    remember(where, from, "object")
  } else if (first == "[") {
    rest = substr(rest, 2)
    space()
    if (!take("]")) {
      while (wrong == "") {
        value(where "/*")
        space()
        if (wrong == "" && take("]")) {
          break
        }
        if (wrong == "" && !take(",")) {
          wrong = "Invalid JSON syntax"
        }
      }
    }
    remember(where, from, "list")
  } else if (first == "\"") {
    text = string()
    if (wrong == "") {
      remember(where, from, "string", text)
    }
  } else if (match(rest, /^(true|false|null)/) \
      || match(rest, /^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?/)) {
    text = substr(rest, 1, RLENGTH)
    rest = substr(rest, RLENGTH + 1)
    remember(where, from, "plain", text)
  } else {
    wrong = "Invalid JSON syntax"
  }
  depth--
}

# Uses a value that has been read.
function remember(where, from, kind, text,  name) {
  if (wrong != "") {
    return
  }
  if (where == "") {
    if (kind != "object") {
      wrong = "QMP input must be a JSON object"
    }
  } else if (where == "/execute") {
    commandText = kind == "string"
    command = text
    if (!commandText) {
      wrong = "QMP input member 'execute' must be a string"
    }
  } else if (where == "/id") {
    identity = substr(from, 1, length(from) - length(rest))
  } else if (where == "/arguments") {
    if (kind != "object") {
      wrong = "QMP input member 'arguments' must be an object"
    }
  } else if (where == "/arguments/arg/*" && kind == "string") {
    words = words " " quoted(text)
  } else if (where == "/arguments/env/*" && kind == "string") {
    environment = environment " " quoted(text)
  } else if ((where == "/arguments/arg" || where == "/arguments/env") && kind == "list") {
    return
  } else if (where ~ /^\/arguments\/[^\/]*$/) {
    name = substr(where, 12)
    gsub(/-/, "_", name)
    if (!(name in known)) {
      wrong = "Parameter '" substr(where, 12) "' is unexpected"
    } else if (kind != "string" && kind != "plain" || name == "arg" || name == "env") {
      wrong = "Invalid parameter type for '" substr(where, 12) "'"
    } else {
      variables = variables name "=" quoted(text) " "
    }
  } else if (where !~ /^\/(arguments|execute|id)\//) {
    wrong = "QMP input member '" substr(where, 2) "' is unexpected"
  } else if (where ~ /^\/arguments\//) {
    wrong = "Invalid parameter type"
  }
}

# Takes a string off the front of the rest, and gives its meaning.
function string(  text, piece, result, at, escape, escaped) {
  if (!take("\"")) {
    wrong = "Invalid JSON syntax"
    return ""
  }
  text = ""
  do {
    at = index(rest, "\"")
    if (at == 0) {
      wrong = "Invalid JSON syntax"
      return ""
    }
    piece = substr(rest, 1, at - 1)
    rest = substr(rest, at + 1)
    # A quote after an odd number of backslashes belongs to the string.
    escaped = 0
    for (at--; substr(piece, at, 1) == "\\"; at--) {
      escaped = !escaped
    }
    text = text piece (escaped ? "\"" : "")
  } while (escaped)
  result = ""
  while ((at = index(text, "\\")) > 0) {
    escape = substr(text, at + 1, 1)
    result = result substr(text, 1, at - 1)
    text = substr(text, at + 2)
    if (escape == "u") {
      result = result unicode(text)
      text = substr(text, used)
    } else if ((at = index("bfnrt", escape)) > 0) {
      result = result substr("\b\f\n\r\t", at, 1)
    } else if (index("\"\\/", escape) > 0) {
      result = result escape
    } else {
      wrong = "Invalid JSON syntax"
    }
  }
  return result text
}

# The UTF-8 of the character whose four hexadecimal digits these are, or eight with a second half.
function unicode(digits,  code, low) {
  used = 5
  code = hexadecimal(substr(digits, 1, 4))
  if (code >= 55296 && code < 56320 && substr(digits, 5, 2) == "\\u") {
    low = hexadecimal(substr(digits, 7, 4))
    if (low >= 56320 && low < 57344) {
      used = 11
      code = 65536 + (code - 55296) * 1024 + low - 56320
    }
  }
  if (code <= 0) {
    wrong = "Invalid JSON syntax"
    return ""
  }
  if (code < 128) {
    return char[code]
  }
  if (code < 2048) {
    return char[192 + int(code / 64)] char[128 + code % 64]
  }
  if (code < 65536) {
    return char[224 + int(code / 4096)] char[128 + int(code / 64) % 64] char[128 + code % 64]
  }
  return char[240 + int(code / 262144)] char[128 + int(code / 4096) % 64] \
    char[128 + int(code / 64) % 64] char[128 + code % 64]
}

function hexadecimal(digits,  code, i, at) {
  code = 0
  for (i = 1; i <= 4; i++) {
    at = index("0123456789abcdef", tolower(substr(digits, i, 1)))
    if (at == 0 || length(digits) < 4) {
      return -1
    }
    code = code * 16 + at - 1
  }
  return code
}

# Between single quotes every character stands for itself, but for the quote.
function quoted(text) {
  if (index(text, "'") == 0) {
    return "'" text "'"
  }
  gsub(/'/, "'\\\\''", text)
  return "'" text "'"
}
