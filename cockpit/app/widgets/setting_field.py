"""One setting: its name, its control, what it does, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widgets import Input, Select, Static, Switch

from cockpit.app.widgets.safe_input import SafeInput


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """What a field shows. The control follows the type of the value; `choices` make it a list."""

    key: str
    title: str
    description: str
    choices: Sequence[str] = ()
    placeholder: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What to call a choice, where its own name doesn't say enough."""


class OnOff(Switch):
    """A switch that says in words and by shape what it is set to."""

    def render(self) -> Content:
        """`● on` or `○ off`."""
        return Content(" ● on " if self.value else " ○ off ")

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Room for the longer of the two."""
        return 7


class SettingField(Vertical):
    """Shows one value and tells when a person gave it another; saves nothing itself."""

    @dataclass
    class Changed(Message):
        """A person chose another value. `field` takes the error, if any."""

        field: SettingField
        key: str
        value: bool | int | str

    def __init__(self, spec: FieldSpec, value: bool | int | str) -> None:
        super().__init__(id=f"field-{spec.key.replace('.', '-')}", classes="setting")
        self.spec = spec
        self._value = value

    def compose(self) -> ComposeResult:
        """Name and control on one line, then the description, then room for an error."""
        with Horizontal(classes="setting-line"):
            yield Static(Content(self.spec.title), classes="setting-title", markup=False)
            yield self._control()
        yield Static(Content(self.spec.description), classes="setting-description", markup=False)
        yield Static("", classes="setting-error", markup=False)

    def _control(self) -> Switch | Select[str] | Input:
        if isinstance(self._value, bool):
            return OnOff(self._value, animate=False, classes="setting-control")
        if self.spec.choices:
            known = [*self.spec.choices]
            if str(self._value) not in known:
                known.append(str(self._value))
            return Select(
                [(self.spec.labels.get(choice, choice), choice) for choice in known],
                value=str(self._value),
                allow_blank=False,
                compact=True,
                classes="setting-control",
            )
        return SafeInput(
            str(self._value),
            compact=True,
            placeholder=self.spec.placeholder,
            type="integer" if isinstance(self._value, int) else "text",
            classes="setting-control",
        )

    @property
    def control(self) -> Switch | Select[str] | Input:
        """What a person acts on."""
        found = self.query_one(".setting-control")
        assert isinstance(found, (Switch, Select, Input))
        return found

    def show(self, value: bool | int | str) -> None:
        """Shows the value in force. A text that is being typed is left alone."""
        self._value = value
        control = self.control
        with self.prevent(Switch.Changed, Select.Changed, Input.Changed):
            if isinstance(control, Switch):
                control.value = bool(value)
            elif isinstance(control, Select) or not control.has_focus:
                control.value = str(value)

    def explain(self, error: str) -> None:
        """Says what is wrong; an empty text takes it away."""
        place = self.query_one(".setting-error", Static)
        place.update(Content(error))
        place.display = bool(error)
        self.set_class(bool(error), "-invalid")

    @on(Switch.Changed)
    def _switched(self, event: Switch.Changed) -> None:
        event.stop()
        self._tell(event.value)

    @on(Select.Changed)
    def _selected(self, event: Select.Changed) -> None:
        event.stop()
        if isinstance(event.value, str):
            self._tell(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._typed()

    @on(Input.Blurred)
    def _blurred(self, event: Input.Blurred) -> None:
        event.stop()
        self._typed()

    def _typed(self) -> None:
        control = self.control
        if not isinstance(control, Input):
            return
        if not isinstance(self._value, int):
            self._tell(control.value)
            return
        try:
            self._tell(int(control.value))
        except ValueError:
            self.explain("A whole number, please.")

    def _tell(self, value: bool | int | str) -> None:
        if value == self._value and type(value) is type(self._value):
            self.explain("")
            return
        self.post_message(self.Changed(self, self.spec.key, value))
