; title: std::regex built on each call
; why: Compiling the pattern is slow, std::regex's especially.
; fix: Make it static const, or use RE2.
; cost: cpu
; bad: void f() { std::regex r("a+"); }
; good: void f() { static const std::regex r("a+"); }

((declaration type: (qualified_identifier) @type) @hit (#any-of? @type "std::regex" "std::wregex" "boost::regex") (#not-match? @hit "^static"))
