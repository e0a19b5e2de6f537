; title: A log message formatted before its level is tested
; why: The text is built, and its parts boxed, even when nothing logs at that level.
; fix: Pass a constant template and the values, or use [LoggerMessage]; test IsEnabled where values cost something.
; cost: allocation
; bad: _logger.LogDebug($"got {x}");
; good: _logger.LogDebug("got {X}", x);

((invocation_expression function: (member_access_expression name: (identifier) @name) arguments: (argument_list (argument [(interpolated_string_expression) (binary_expression) (invocation_expression)] @message))) @hit
  (#match? @name "^(Log(Trace|Debug|Information|Warning|Error|Critical)?|Trace|Debug|Info|Warn|Verbose)$") (#match? @message "^\\$|^@\\$|\"\\s*\\+|\\+\\s*\"|^string\\.Format"))
