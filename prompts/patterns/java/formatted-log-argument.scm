; title: A log message built before its level is tested
; why: The text is made even when nothing logs it.
; fix: Use placeholders or a supplier.
; cost: allocation
; bad: log.debug("got " + x);
; good: log.debug("got {}", x);

((method_invocation name: (identifier) @name arguments: (argument_list [(binary_expression) (method_invocation)] @message)) @hit (#any-of? @name "debug" "trace" "info" "warn" "fine" "finer") (#match? @message "\"\\s*\\+|\\+\\s*\"|^String\\.format"))
