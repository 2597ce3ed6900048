"""What keeps a replay inside: the kernel's guard, the audit hook, the scratch overlay.

`guard`    Landlock and seccomp around the replaying interpreter.
`naming`   says what a system call that was stopped would have done; `calls` reads its arguments.
`frames`   tells which line of Python a thread is at that stands in one.
`audit`    names what goes out past every hook; for messages, not for safety.
`disk`     the files of a run that is being recorded.
`overlay`  the files of a replay: reads from the recording, writes in a scratch folder.
`content`  what a file holds, as it is stored and compared.
"""
