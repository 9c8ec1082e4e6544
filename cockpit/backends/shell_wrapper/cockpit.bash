# cockpit's wrapper for bash: reads your own files as a login shell does, then marks prompts (OSC 133) and tells
# cockpit once that the shell is ready. Started as `bash --posix -l` with ENV naming this file: only so does bash
# read a file of ours and stay a login shell (bash(1), INVOCATION). The first line below ends the POSIX mode.
set +o posix
unset -v ENV
shopt -u inherit_errexit shift_verbose 2>/dev/null
if [[ -z ${COCKPIT_READY_FILE-} ]]; then
    printf 'cockpit: the shell wrapper needs COCKPIT_READY_FILE, the file it tells cockpit by; start it from cockpit\n' >&2
    exit 64
fi
# What only the way of starting left behind, and no program or file of yours should see.
__cockpit_ready=$COCKPIT_READY_FILE
__cockpit_directory=${COCKPIT_DIRECTORY-}
unset -v COCKPIT_READY_FILE COCKPIT_DIRECTORY
if [[ -n ${COCKPIT_EARLIER+set} ]]; then
    export ENV="$COCKPIT_EARLIER"
    unset -v COCKPIT_EARLIER
fi
if [[ ${HISTFILE-} == ~/.sh_history && $(declare -p HISTFILE) != "declare -x"* ]]; then
    HISTFILE=~/.bash_history
fi

# Tells once that the shell is ready, and is rid of what it needed for that.
__cockpit_signal() {
    if [[ -n ${__cockpit_ready-} ]]; then
        { builtin : >|"$__cockpit_ready"; } 2>/dev/null || builtin :
        builtin unset -v __cockpit_ready
    fi
}

# Before each prompt. bash puts $? and PIPESTATUS back after it; the status is returned for lines that hold more.
__cockpit_prompt() {
    builtin local status=$?
    if [[ -n ${__cockpit_status-} ]]; then
        status=$__cockpit_status __cockpit_status=
    fi
    if [[ -n ${__cockpit_silent-} || ${PS1-} == *'133;A'* ]]; then
        __cockpit_signal
        builtin return "$status"
    fi
    if [[ -t 1 ]]; then
        if [[ -n ${__cockpit_ran-} ]]; then
            builtin printf '\e]133;D;%s;aid=cockpit\a' "$status"
        fi
        builtin printf '\e]133;A;aid=cockpit\a'
    fi
    __cockpit_ran=
    if [[ ${PS1-} != *'133;B'* && (-z ${PS1+set} || ${PS1@a} != *x*) ]]; then
        PS1=${PS1-}'\[\e]133;B;aid=cockpit\a\]'
    fi
    if [[ ${PS0-} != *'133;C'* && (-z ${PS0+set} || ${PS0@a} != *x*) ]]; then
        PS0=${PS0-}'\e]133;C;aid=cockpit;ran=$((__cockpit_ran=1))\a'
    fi
    __cockpit_signal
    builtin return "$status"
}

# Keeps the status for ours, in one line with hooks that change it, and hands it on to them.
__cockpit_keep() {
    __cockpit_status=$?
    builtin return "$__cockpit_status"
}

# $1: the trap on DEBUG, if there is one. It runs before each hook too, so with one ours comes first: many people's
# trap starts a clock that their own hook, then the last, stops.
__cockpit_install() {
    builtin local name names bodies= hooks="${PROMPT_COMMAND[*]-}"
    names=() # apart: behind `builtin`, bash parses no array
    for name in ${hooks//[;&|()\$\"\'\`]/ }; do
        if [[ $name == [A-Za-z_]* ]] && builtin declare -F -- "$name" >/dev/null; then
            names+=("$name")
        fi
    done
    if [[ ${#names[@]} -gt 0 ]]; then
        bodies=$(builtin declare -f -- "${names[@]}")
    fi
    if [[ "$hooks$bodies${PS0-}" == *'133;'[AC]* ]]; then
        __cockpit_silent=1 # you mark prompts yourself
    fi
    if [[ -n ${bash_preexec_imported-}${__bp_imported-} ]]; then
        precmd_functions+=(__cockpit_prompt)
    elif [[ -z $hooks ]]; then
        PROMPT_COMMAND=__cockpit_prompt
    elif ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 501)) || [[ ${PROMPT_COMMAND@a} == *x* ]]; then
        # One line: an array means nothing to bash before 5.1, and is not exported. Your hook sees one PIPESTATUS.
        PROMPT_COMMAND="__cockpit_keep; $PROMPT_COMMAND"$'\n'"__cockpit_prompt"
    elif [[ -n $1 ]]; then
        PROMPT_COMMAND=(__cockpit_prompt "${PROMPT_COMMAND[@]}")
    else
        PROMPT_COMMAND+=(__cockpit_prompt)
    fi
}

# Your own files, in bash's order, not in a function: their `declare` must make global variables.
if [[ -r /etc/profile ]]; then
    . /etc/profile
fi
if [[ -r ~/.bash_profile ]]; then
    . ~/.bash_profile
elif [[ -r ~/.bash_login ]]; then
    . ~/.bash_login
elif [[ -r ~/.profile ]]; then
    . ~/.profile
fi
# A command of yours is about to be typed, and belongs into its directory wherever your files went.
if [[ -n $__cockpit_directory && $PWD != "$__cockpit_directory" ]]; then
    builtin cd -- "$__cockpit_directory"
fi
unset -v __cockpit_directory
if [[ BASH_VERSINFO[0] -gt 4 || (BASH_VERSINFO[0] -eq 4 && BASH_VERSINFO[1] -ge 4) ]]; then
    __cockpit_install "$(trap -p DEBUG)"
else
    __cockpit_signal # too old to mark prompts without changing what you set
fi
