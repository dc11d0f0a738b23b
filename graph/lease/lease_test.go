package lease

import (
	"os/exec"
	"testing"
)

func TestHasDied(t *testing.T) {
	command := exec.Command("go", "version")
	if err := command.Run(); err != nil {
		t.Fatal(err)
	}
	ended := int64(command.Process.Pid)
	mine := NewHolder()
	with := func(change func(*Holder)) Holder {
		h := mine
		change(&h)
		return h
	}
	for name, test := range map[string]struct {
		holder Holder
		want   bool
	}{
		"this process":                          {mine, false},
		"another with this number before it":    {with(func(h *Holder) { h.Name = space() + "/OTHER/X" }), true},
		"one that ended":                        {with(func(h *Holder) { h.Name, h.Process = space()+"/OTHER/X", ended }), true},
		"one of another host":                   {with(func(h *Holder) { h.Host, h.Process = "elsewhere", ended }), false},
		"one of another container of this host": {with(func(h *Holder) { h.Name, h.Process = "pid:[1]@x/OTHER/X", ended }), false},
		"one of an unknown host":                {with(func(h *Holder) { h.Host, h.Process = "", ended }), false},
	} {
		if got := test.holder.HasDied(); got != test.want {
			t.Errorf("%s: has died: %v, want %v", name, got, test.want)
		}
	}
	if NewHolder().Name == mine.Name {
		t.Error("two holders have one name")
	}
}
