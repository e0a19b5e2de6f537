; title: async void
; why: Nobody can await it, and an exception in it ends the process.
; fix: Return Task; leave async void to event handlers.
; cost: latency
; bad: member: async void Run() { await X(); }
; good: member: async Task Run() { await X(); }
; good: member: async void OnClick(object s, EventArgs e) { }

((method_declaration (modifier) @async returns: (predefined_type) @type name: (identifier) @hit parameters: (parameter_list) @parameters)
  (#eq? @async "async") (#eq? @type "void") (#not-match? @parameters "EventArgs"))
