interface Props { name: string }
function greet(name: string) { return "hi " + name; }
export const Hello = (props: Props) => <b>{greet(props.name)}</b>;
