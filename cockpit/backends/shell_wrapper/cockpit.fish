# cockpit's wrapper for fish: marks prompts (OSC 133) and tells cockpit once that the shell is ready. fish runs it
# after all your files (`--init-command`). From version 4 on fish marks prompts itself.
if not set -q COCKPIT_READY_FILE[1]
    echo 'cockpit: the shell wrapper needs COCKPIT_READY_FILE, the file it tells cockpit by; start it from cockpit' >&2
    exec /bin/sh -c 'exit 64' # `exit` ends nothing while fish still reads its files
end
set -g __cockpit_ready $COCKPIT_READY_FILE
set -e COCKPIT_READY_FILE
if set -q COCKPIT_DIRECTORY[1]
    # A command of yours is about to be typed, and belongs into its directory wherever your files went.
    test "$PWD" = "$COCKPIT_DIRECTORY"; or builtin cd -- $COCKPIT_DIRECTORY
    set -e COCKPIT_DIRECTORY
end

function __cockpit_signal --on-event fish_prompt
    echo -n >$__cockpit_ready 2>/dev/null
    set -e __cockpit_ready
    functions -e __cockpit_signal
end

if string match -qr '^[0-3]\.' -- $version
    and not string match -q '*133;*' -- (functions fish_prompt 2>/dev/null) (functions -a | string match -r '^(?:__ksi|__ghostty|__vsc).*')
    function __cockpit_mark_prompt --on-event fish_prompt --on-event fish_cancel --on-event fish_posterror
        isatty stdout; and printf '\e]133;A;aid=cockpit\a'
    end

    function __cockpit_mark_output --on-event fish_preexec
        isatty stdout; and printf '\e]133;C;aid=cockpit\a'
    end

    function __cockpit_mark_end --on-event fish_postexec
        set -l code $status
        isatty stdout; and printf '\e]133;D;%s;aid=cockpit\a' $code
    end
end
