#!/bin/sh
# Makes the files that jobs deliver, with Debian 12's ffmpeg 5.1 and the font DejaVu Sans. Run it in this folder.
set -eu

gradients="gradients=size=640x360:rate=25:duration=5:speed=0.02:nb_colors=4:c0=0x1b1038:c1=0x6d3bd1:c2=0xff7a59:c3=0xffd27a:x0=0:y0=0:x1=639:y1=359"
chord="aevalsrc='0.1*(sin(440*PI*t)+sin(554*PI*t)+sin(659*PI*t))*min(1,min(t,5-t))':duration=5"
caption() { # words
	echo "vignette,drawtext=font=DejaVu Sans:text=$1:fontsize=30:fontcolor=white@0.85:x=(w-tw)/2:y=h-60"
}
make() { ffmpeg -y -loglevel error "$@"; }

# 640 × 360, 25 fps, 5 s, H.264 and AAC
make -f lavfi -i "$gradients" -f lavfi -i "$chord:sample_rate=44100" -vf "$(caption 'simulated clip')" \
	-c:v libx264 -preset veryslow -crf 27 -pix_fmt yuv420p -c:a aac -b:a 64k \
	-movflags +faststart -map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact clip.mp4

# 640 × 360
picture() {
	make -f lavfi -i "$gradients" -vf "$(caption 'simulated picture')" -frames:v 1 -map_metadata -1 -fflags +bitexact -flags:v +bitexact "$@"
}
picture -q:v 8 picture.jpg
picture -quality 60 picture.webp
# 64 colours, or it would be ten times as large
make -i picture.jpg -vf 'split[a][b];[a]palettegen=64[p];[b][p]paletteuse=dither=none' -fflags +bitexact -flags:v +bitexact picture.png

# 5 s
sound() {
	make -f lavfi -i "$chord:sample_rate=$1" -map_metadata -1 -fflags +bitexact -flags:a +bitexact "$2"
}
sound 8000 sound.wav
sound 24000 sound.mp3
