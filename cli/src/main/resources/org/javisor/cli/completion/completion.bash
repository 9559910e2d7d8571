# Completion of javisor's commands, options and names. Starts no process: names are those of folders
# in the data folder.

_javisor_home() {
  home=${JAVISOR_HOME:-}
  [ -z "$home" ] || return 0
  case ${XDG_DATA_HOME:-} in
  /*) home=$XDG_DATA_HOME/javisor ;;
  *) home=${HOME:-}/.local/share/javisor ;;
  esac
}

# _javisor_list FOLDER SUFFIX: what is in a folder, in $names.
_javisor_list() {
  local entry
  for entry in "$1"/*; do
    [ -e "$entry" ] || continue
    entry=${entry##*/}
    names="$names ${entry//@/:}$2"
  done
}

# _javisor_files WORD: files that begin so, in COMPREPLY, as zsh's emulation of bash does it too.
_javisor_files() {
  COMPREPLY=($(compgen -f -- "$1"))
  if type compopt >/dev/null 2>&1; then compopt -o filenames 2>/dev/null; fi
}

# _javisor_table PATH: what may follow a command.
_javisor_table() {
  case $1 in
  # TABLE
  *) subcommands='' options='' values='' kinds=none ;;
  esac
}

# _javisor_names KIND WORD: what may stand there, in $names, or files, in COMPREPLY.
_javisor_names() {
  local home
  _javisor_home
  case $1 in
  instance) _javisor_list "$home/machines" '' ;;
  image) _javisor_list "$home/images/names" '' ;;
  release) names='busybox debian' ;;
  network) _javisor_list "$home/networks" '' ;;
  shell) names='bash zsh' ;;
  snapshot) _javisor_list "$home/machines/$instance/snapshots" '' ;;
  source)
    case $2 in
    */*)
      local entry
      for entry in "$home/machines/${2%%/*}/snapshots"/*; do
        [ ! -e "$entry" ] || names="$names ${2%%/*}/${entry##*/}"
      done
      ;;
    *) _javisor_list "$home/machines" '' ;;
    esac
    ;;
  place)
    _javisor_list "$home/machines" ':'
    _javisor_files "$2"
    if type compopt >/dev/null 2>&1; then compopt -o nospace 2>/dev/null; fi
    ;;
  file) _javisor_files "$2" ;;
  none) ;;
  *) names=${1//,/ } ;;
  esac
}

_javisor() {
  local IFS=$' \t\n' subcommands options values kinds names='' path='' instance=''
  local word='' previous='' wanted='' before='' position=0 joined=() kind
  COMPREPLY=()
  # Bash takes a colon and an equals sign for words of their own: what stood together is one word.
  local i=1
  while [ "$i" -le "$COMP_CWORD" ]; do
    word=${COMP_WORDS[$i]}
    [ "${#joined[@]}" -eq 0 ] || before=${joined[${#joined[@]}-1]}
    if [ "$word" = : ] || [ "$previous" = : ]; then
      joined[${#joined[@]}-1]=$before$word
    elif [ "$word" = = ] || [ "$previous" = = ]; then
      case $before in
      -*) [ "$word" = = ] || joined[${#joined[@]}]=$word ;; # An option and its value.
      *) joined[${#joined[@]}-1]=$before$word ;;
      esac
    else
      joined[${#joined[@]}]=$word
    fi
    previous=$word
    i=$((i + 1))
  done
  if [ "$previous" = = ]; then
    case $before in
    -*) joined[${#joined[@]}]= ;;
    esac
  fi
  local last=$((${#joined[@]} - 1))
  [ "$last" -ge 0 ] || return 0
  local current=${joined[$last]}
  _javisor_table ''
  i=0
  while [ "$i" -lt "$last" ]; do
    word=${joined[$i]}
    i=$((i + 1))
    if [ -n "$wanted" ]; then
      wanted=
      continue
    fi
    case $word in
    --) return 0 ;; # The rest is the guest's.
    -*)
      case " $values " in
      *" $word="*)
        wanted=${values#*"$word="}
        wanted=${wanted%% *}
        ;;
      esac
      ;;
    *)
      case " $subcommands " in
      *" $word "*)
        if [ "$word" != help ] || [ -n "$path" ]; then
          path=$path${path:+ }$word
          _javisor_table "$path"
        fi
        ;;
      *)
        position=$((position + 1))
        [ "$position" -gt 1 ] || instance=$word
        ;;
      esac
      ;;
    esac
  done
  if [ -n "$wanted" ]; then
    _javisor_names "$wanted" "$current"
  else
    case $current in
    -*) names=$options ;;
    *)
      if [ -n "$subcommands" ]; then
        names=$subcommands
      else
        for kind in $kinds; do
          [ "$position" -gt 0 ] || break
          position=$((position - 1))
        done
        _javisor_names "$kind" "$current"
      fi
      ;;
    esac
  fi
  COMPREPLY=("${COMPREPLY[@]}" $(compgen -W "$names" -- "$current"))
  # Bash replaces what follows the last colon only.
  case $current in
  *:*)
    case ${COMP_WORDBREAKS:-:} in
    *:*)
      i=0
      while [ "$i" -lt "${#COMPREPLY[@]}" ]; do
        COMPREPLY[$i]=${COMPREPLY[$i]#"${current%:*}:"}
        i=$((i + 1))
      done
      ;;
    esac
    ;;
  esac
}

complete -F _javisor javisor ./javisor
