; title: A params object[] parameter
; why: Each call makes an array and boxes every value type in it.
; fix: Add overloads for the usual numbers of arguments, or take params ReadOnlySpan<T>.
; cost: allocation
; bad: member: void Log(string f, params object[] args) { }
; good: member: void Log(string f, params ReadOnlySpan<int> args) { }

((method_declaration parameters: (parameter_list) @hit) (#match? @hit "params\\s+object\\??\\s*\\[\\]"))
