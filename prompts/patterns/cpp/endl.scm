; title: std::endl
; why: It flushes: a system call for every line.
; fix: Write '\\n'; flush once at the end.
; cost: io
; bad: std::cout << x << std::endl;
; good: std::cout << x << "\n";

((qualified_identifier) @hit (#eq? @hit "std::endl"))
