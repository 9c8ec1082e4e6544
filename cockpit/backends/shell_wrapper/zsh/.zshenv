# cockpit's wrapper for zsh: marks prompts (OSC 133) and tells cockpit once that the shell is ready. zsh finds it
# because ZDOTDIR names its directory; that is put right at once, so zsh itself reads all your files but .zshenv,
# which is read here.
if (( ${+COCKPIT_EARLIER} )); then
    export ZDOTDIR=$COCKPIT_EARLIER
    unset COCKPIT_EARLIER
else
    unset ZDOTDIR
fi
if [[ -z ${COCKPIT_READY_FILE-} ]]; then
    print -ru2 -- 'cockpit: the shell wrapper needs COCKPIT_READY_FILE, the file it tells cockpit by; start it from cockpit'
    exit 64
fi
typeset -g __cockpit_ready=$COCKPIT_READY_FILE
typeset -g __cockpit_directory=${COCKPIT_DIRECTORY-}
unset COCKPIT_READY_FILE COCKPIT_DIRECTORY

if [[ -o interactive ]]; then
    # Once, after all your files and before the first prompt: hooks you set in one go can't lose ours.
    __cockpit_start() {
        builtin local ret=$?
        builtin emulate -L zsh -o extended_glob
        builtin local name hooks="${PS1-}${functions[precmd]-}${functions[preexec]-}"
        for name in ${precmd_functions-} ${preexec_functions-}; do
            if [[ $name != __cockpit_* ]]; then
                hooks+=${functions[$name]-}
            fi
        done
        if [[ $hooks != *'133;'[ABC]* ]]; then # else you mark prompts yourself
            builtin typeset -ga precmd_functions preexec_functions
            precmd_functions=(${precmd_functions:#__cockpit_*} __cockpit_precmd)
            preexec_functions+=(__cockpit_preexec)
            __cockpit_precmd
        else
            precmd_functions=(${precmd_functions:#__cockpit_*})
        fi
        # A command of yours is about to be typed, and belongs into its directory wherever your files went.
        if [[ -n $__cockpit_directory && $PWD != $__cockpit_directory ]]; then
            builtin cd -- $__cockpit_directory
        fi
        { builtin : >|$__cockpit_ready } 2>/dev/null
        builtin unset __cockpit_ready __cockpit_directory
        builtin unfunction __cockpit_start
        builtin return ret
    }

    # zsh puts $? and pipestatus back after each hook.
    __cockpit_precmd() {
        builtin local ret=$?
        builtin emulate -L zsh
        if [[ -t 1 ]]; then
            if [[ -n ${__cockpit_ran-} ]]; then
                builtin print -n -- "\e]133;D;$ret;aid=cockpit\a"
            fi
            builtin print -n -- '\e]133;A;aid=cockpit\a'
        fi
        builtin typeset -g __cockpit_ran=
        if [[ ${PS1-} != *'133;'[AB]* && ${PS1-} != *% && -o prompt_percent && ${(t)PS1} != *export* ]]; then
            PS1+=$'%{\e]133;B;aid=cockpit\a%}'
        fi
    }

    __cockpit_preexec() {
        builtin emulate -L zsh
        builtin typeset -g __cockpit_ran=1
        if [[ -t 1 ]]; then
            builtin print -n -- '\e]133;C;aid=cockpit\a'
        fi
    }

    if zmodload zsh/sched 2>/dev/null; then
        sched +0 __cockpit_start
    else
        precmd_functions+=(__cockpit_start)
    fi
fi

if [[ -r ${ZDOTDIR-$HOME}/.zshenv ]]; then
    . "${ZDOTDIR-$HOME}/.zshenv"
fi
